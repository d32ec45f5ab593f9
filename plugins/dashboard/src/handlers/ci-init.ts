import {existsSync} from 'node:fs'
import {relative, resolve} from 'node:path'
import {writePipeline} from '@omni-ops/core/ci/pipeline-file'
import type {Handler} from '@omni-ops/core/operation'
import {Document} from 'yaml'
import type {DashboardPipeline} from '../ci/dashboard-pipeline.ts'
import {githubWorkflow, workflowFile} from '../ci/github-workflow.ts'
import {gitlabPipeline, pipelineFile} from '../ci/gitlab-pipeline.ts'
import type {ciInit} from '../operations/ci-init.ts'

const providers = {
  github: {file: workflowFile, make: githubWorkflow, remark: ''},
  gitlab: {
    file: pipelineFile,
    make: gitlabPipeline,
    remark: '\n For Mondays at 02:00 UTC: Build > Pipeline schedules > New schedule, interval 0 2 * * 1, zone UTC.',
  },
} as const

export const handle: Handler<typeof ciInit> = async (input, {workingDirectory}) => {
  const {provider, data, source, sample, catalog, time_zone: zone, secrets, branch, out, force, dry_run: dryRun} = input
  const {file: usual, make, remark} = providers[provider]
  const file = resolve(workingDirectory, out ?? usual)
  const pipeline: DashboardPipeline = {data, source, sample, catalog, zone, secrets, branch, package: input.package}
  const document = new Document(make(pipeline))
  document.commentBefore = ` Written by \`omni dashboard ci init --provider ${provider}\`; change it as you like.${remark}`
  // A command stays on its line, however long.
  const content = document.toString({lineWidth: 0, nullStr: ''})
  if (!dryRun) await writePipeline(file, content, force)
  return {
    provider,
    file: relative(workingDirectory, file),
    written: !dryRun,
    content,
    missing: [data, catalog]
      .filter(path => path !== undefined)
      .filter(path => !existsSync(resolve(workingDirectory, path))),
  }
}
