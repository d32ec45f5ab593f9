import {type Pipeline, pipelineSteps, reportFile} from './pipeline.ts'
import {nodeVersion} from './pipeline-file.ts'

/** The pipeline file of a repository at GitLab (https://docs.gitlab.com/ci/yaml/). */
export const pipelineFile = '.gitlab-ci.yml'

export function gitlabPipeline(pipeline: Pipeline): Record<string, unknown> {
  return {
    documents: {
      image: `node:${nodeVersion}-bookworm-slim`,
      interruptible: true,
      timeout: '30 minutes',
      rules: [
        {if: '$CI_PIPELINE_SOURCE == "merge_request_event"'},
        {if: `$CI_COMMIT_BRANCH == ${JSON.stringify(pipeline.branch)}`},
      ],
      variables: {OMNI_DATA_DIR: '$CI_PROJECT_DIR/.omni'},
      script: pipelineSteps(pipeline).map(({run}) => run),
      artifacts: {when: 'always', paths: [reportFile], expire_in: '30 days'},
    },
  }
}
