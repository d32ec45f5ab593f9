import {type Pipeline, pipelineSteps, reportFile} from './pipeline.ts'
import {nodeVersion, withoutExpressions} from './pipeline-file.ts'

/** The workflow file of a repository at GitHub (https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax). */
export const workflowFile = '.github/workflows/omni.yml'

/** A workflow with the least rights: it reads the repository and nothing else. */
export function githubWorkflow(pipeline: Pipeline): Record<string, unknown> {
  return {
    name: 'omni',
    on: {pull_request: null, push: {branches: [pipeline.branch]}},
    permissions: {contents: 'read'},
    // A newer commit of a branch makes the run of the one before worthless.
    concurrency: {group: 'omni-${{ github.ref }}', 'cancel-in-progress': true},
    jobs: {
      documents: {
        'runs-on': 'ubuntu-latest',
        'timeout-minutes': 30,
        env: {CI: 'true', OMNI_DATA_DIR: '${{ github.workspace }}/.omni'},
        steps: [
          {uses: 'actions/checkout@v6', with: {'persist-credentials': false}},
          {uses: 'actions/setup-node@v6', with: {'node-version': nodeVersion}},
          ...pipelineSteps(pipeline).map(({name, run}) => ({name, run: withoutExpressions(run)})),
          {
            name: 'Keep the report',
            if: '${{ !cancelled() }}',
            uses: 'actions/upload-artifact@v6',
            with: {name: 'omni-report', path: reportFile, 'if-no-files-found': 'ignore'},
          },
        ],
      },
    },
  }
}
