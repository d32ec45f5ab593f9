import {nodeVersion} from '@omni-ops/core/ci/pipeline-file'
import {buildLines, type DashboardPipeline, installLine, pagesDirectory} from './dashboard-pipeline.ts'

export const pipelineFile = '.gitlab-ci.yml'

/**
 * A pipeline (https://docs.gitlab.com/ci/yaml/). GitLab keeps the times of pipelines in the project and not in the file, and
 * gives every job the variables of the project, secrets among them.
 * @throws InvalidInputError
 */
export function gitlabPipeline(pipeline: DashboardPipeline): Record<string, unknown> {
  return {
    stages: ['deploy', 'dashboards'],
    variables: {
      PRIORITY: {value: 'all', options: ['all', '1', '2', '3'], description: 'Which dashboards to build'},
    },
    dashboards: {
      stage: 'dashboards',
      image: `node:${nodeVersion}-bookworm-slim`,
      timeout: '30 minutes',
      resource_group: 'dashboards',
      rules: [
        {if: '$CI_PIPELINE_SOURCE == "schedule"'},
        {if: '$CI_PIPELINE_SOURCE == "web"'},
        // After the deployment of the branch: the stage before it has it.
        {if: `$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == ${JSON.stringify(pipeline.branch)}`},
      ],
      script: [installLine(pipeline), ...buildLines(pipeline)],
      artifacts: {paths: [pagesDirectory], expire_in: '30 days'},
    },
  }
}
