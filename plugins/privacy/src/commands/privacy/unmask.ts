import {resolve} from 'node:path'
import {Args, Flags, globalFlags, OmniCommand, type Typed, UsageError} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'
import {unmask} from '../../operations/unmask.ts'
import {copyTarget} from '../../presentation/copied.ts'
import {fileStreams, kindToRewrite} from '../../presentation/file-streams.ts'

/** Restores a file where the user is. */
export default class PrivacyUnmask extends OmniCommand {
  static override summary = unmask.summary
  static override description = unmask.description ?? ''
  static override examples = [...unmask.cli.examples]
  static override strict = true
  static override args = {
    path: Args.string({description: 'The masked file, or - for stdin', required: true, ignoreStdin: true}),
  }
  static override flags = {
    map: Flags.string({description: 'The map that was written when it was masked', helpValue: 'FILE', required: true}),
    out: Flags.string({description: 'Where to write; stdout by default', helpValue: 'FILE'}),
  }
  static override baseFlags = globalFlags

  protected async execute(typed: Typed): Promise<ExitCode> {
    const path = typed.values.path as string | undefined
    const map = typed.values.map as string | undefined
    if (path === undefined || map === undefined) {
      const missing = [...(path === undefined ? ['PATH'] : []), ...(map === undefined ? ['--map'] : [])]
      throw new UsageError(`Missing ${missing.join(' and ')}`, {
        hint: `${this.commandLine} masked.txt --map letter.map`,
      })
    }
    const context = await this.context(unmask.id, typed)
    const [mapping, {privacyKey}, {readWhole}, {writePieces}, restoring] = await Promise.all([
      import('../../mask/mask-map.ts'),
      import('../../key/privacy-key.ts'),
      import('../../files/read-pieces.ts'),
      import('../../files/write-pieces.ts'),
      import('../../mask/unmask.ts'),
    ])
    const {tag, entries} = mapping.openMaskMap(
      await readWhole(resolve(context.workingDirectory, map), map),
      privacyKey(context, mapping.maskMapPurpose),
    )
    const out = typed.values.out as string | undefined
    const kind = await kindToRewrite(path, undefined, context)
    if (kind === 'sqlite' || kind === 'docx' || kind === 'mail') {
      const {restoreCopy} = await import('../../files/restore-copy.ts')
      const from = {path: resolve(context.workingDirectory, path), name: path, out: copyTarget(out, path, context)}
      return this.#done(await restoreCopy({...from, kind, tag, entries}, context), typed)
    }
    const {pieces, sink} = await fileStreams({path, out, label: 'Restoring'}, context)
    let restored = 0
    await writePieces(
      restoring.unmask(pieces, tag, entries, () => restored++),
      sink,
    )
    return this.#done(restored, typed)
  }

  #done(restored: number, typed: Typed): ExitCode {
    this.stopProgress()
    if (!typed.quiet) this.terminal.stderr.write(`Restored ${restored} values\n`)
    return ExitCode.done
  }
}
