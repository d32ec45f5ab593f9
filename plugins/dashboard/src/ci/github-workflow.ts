import {nodeVersion, withoutExpressions} from '@omni-ops/core/ci/pipeline-file'
import {Scalar} from 'yaml'
import {buildLines, type DashboardPipeline, everyMonday, installLine, pagesDirectory} from './dashboard-pipeline.ts'

export const workflowFile = '.github/workflows/dashboards.yml'

/** Actions by commit: a tag can be moved to another. */
const actions = {
  checkout: ['actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803', 'v6.1.0'],
  node: ['actions/setup-node@249970729cb0ef3589644e2896645e5dc5ba9c38', 'v6.5.0'],
  upload: ['actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f', 'v6.0.0'],
} as const

function action(name: keyof typeof actions): Scalar<string> {
  const [commit, version] = actions[name]
  const scalar = new Scalar<string>(commit)
  scalar.comment = ` ${version}`
  return scalar
}

/**
 * A workflow with the least rights (https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax).
 * @throws InvalidInputError
 */
export function githubWorkflow(pipeline: DashboardPipeline): Record<string, unknown> {
  return {
    name: 'dashboards',
    on: {
      workflow_dispatch: {
        inputs: {
          priority: {
            description: 'Which dashboards to build',
            type: 'choice',
            options: ['all', '1', '2', '3'],
            default: 'all',
          },
        },
      },
      schedule: [{cron: everyMonday}],
      deployment_status: null,
    },
    permissions: {contents: 'read'},
    concurrency: {group: 'dashboards', 'cancel-in-progress': false},
    jobs: {
      dashboards: {
        // A deployment tells of each of its steps.
        if: "${{ github.event_name != 'deployment_status' || github.event.deployment_status.state == 'success' }}",
        'runs-on': 'ubuntu-latest',
        'timeout-minutes': 30,
        steps: [
          {uses: action('checkout'), with: {ref: withoutExpressions(pipeline.branch), 'persist-credentials': false}},
          {uses: action('node'), with: {'node-version': nodeVersion}},
          {name: 'Install omni', run: withoutExpressions(installLine(pipeline))},
          {
            name: 'Build the dashboards',
            run: withoutExpressions(buildLines(pipeline).join('\n')),
            env: {
              CI: 'true',
              PRIORITY: '${{ inputs.priority }}',
              ...Object.fromEntries(pipeline.secrets.map(name => [name, `\${{ secrets.${name} }}`])),
            },
          },
          {
            name: 'Keep the pages',
            uses: action('upload'),
            with: {name: 'dashboards', path: pagesDirectory, 'if-no-files-found': 'error'},
          },
        ],
      },
    },
  }
}
