import {existsSync} from 'node:fs'
import {relative, resolve} from 'node:path'
import type {Handler} from '../operation/operation.ts'
import {githubWorkflow, workflowFile} from './github-workflow.ts'
import {gitlabPipeline, pipelineFile} from './gitlab-pipeline.ts'
import type {ciInit} from './operation.ts'
import {writePipeline} from './pipeline-file.ts'

const platforms = {
  github: {file: workflowFile, make: githubWorkflow},
  gitlab: {file: pipelineFile, make: gitlabPipeline},
} as const

export const handle: Handler<typeof ciInit> = async (input, {workingDirectory}) => {
  const {platform, documents, questions, gates, scan, threshold, branch, out, force, dry_run} = input
  const {file: usual, make} = platforms[platform]
  const file = resolve(workingDirectory, out ?? usual)
  const pipeline = make({documents, questions, gates, scan, threshold, branch, package: input.package})
  const content = await yamlOf(pipeline, platform)
  if (!dry_run) await writePipeline(file, content, force)
  const read = [...documents, questions, ...scan]
  return {
    platform,
    file: relative(workingDirectory, file),
    written: !dry_run,
    content,
    missing: [...new Set(read)].filter(path => !existsSync(resolve(workingDirectory, path))),
  }
}

async function yamlOf(pipeline: Record<string, unknown>, platform: string): Promise<string> {
  const {Document} = await import('yaml')
  const document = new Document(pipeline)
  document.commentBefore =
    ` Written by \`omni ci init ${platform}\`; change it as you like.\n` +
    ' Answers are extracts from the documents. To have a model write them, give RAG_LLM_BACKEND and its key as secrets.'
  // A command stays on its line, however long.
  return document.toString({lineWidth: 0, nullStr: ''})
}
