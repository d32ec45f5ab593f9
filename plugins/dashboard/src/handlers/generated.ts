import type {Handler} from '@omni-ops/core/operation'
import {pageId} from '../build/page-of-id.ts'
import {fileOf, firstFileOf, keptPages, stateOf} from '../build/page-shelf.ts'
import type {generated} from '../operations/generated.ts'

export const handle: Handler<typeof generated> = async (_input, context) => ({
  pages: await Promise.all(
    (await keptPages(context)).map(async page => ({
      id: pageId(page.path),
      file: firstFileOf(page),
      title: page.title,
      type: page.type,
      sample: page.sample,
      state: await stateOf(page, context),
      first_day: page.first_day,
      last_day: page.last_day,
      panels: [...page.panels],
      sha256: page.sha256,
      bytes: page.bytes,
      files: page.files.map(file => ({...file, file: fileOf(page.path, file.format)})),
      built_at: page.built_at,
    })),
  ),
})
