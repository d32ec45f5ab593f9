import {Args, type Typed, UsageError} from '@omni-ops/core/cli'

/** What commands that look at pictures are given. */
export const pictureArgument = {
  file: Args.string({
    description: 'Pictures and PDFs: files, http(s) URLs, or - for stdin',
    required: true,
    multiple: true,
    ignoreStdin: true,
  }),
}

/** What was given; at least one. Throws UsageError with the example where there is none. */
export function picturesOf({values}: Typed, example: string): readonly string[] {
  const sources = values.file as readonly string[] | undefined
  if (!sources || sources.length === 0) throw new UsageError('Missing FILE', {hint: example})
  return sources
}
