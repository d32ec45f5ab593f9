import {argsFor, fieldsOf, flagsFor, OperationCommand, type Typed} from '@omni-ops/core/cli'
import {ciInit} from '@omni-ops/core/ci'

const fields = fieldsOf(ciInit)

/** Flags whose values are files, for help and completion. */
const paths = ['documents', 'questions', 'scan', 'out'] as const

/** Has the pipeline install the version that writes it, so that it does not change by itself. */
export default class CiInit extends OperationCommand<typeof ciInit> {
  static override summary = ciInit.summary
  static override description = ciInit.description ?? ''
  static override usage = '<%= command.id %> github|gitlab [FLAGS]'
  static override examples = [...ciInit.cli.examples]
  static override args = argsFor(fields, ['platform'])
  static override flags = withPaths(flagsFor(fields))
  protected readonly operation = ciInit
  protected readonly fields = fields
  protected override readonly options = {present: () => import('@omni-ops/core/ci/present')}

  protected override async input({values, ...typed}: Typed) {
    const {name, version} = this.config
    return super.input({...typed, values: {package: `${name}@${version}`, ...values}})
  }
}

function withPaths(flags: ReturnType<typeof flagsFor>): ReturnType<typeof flagsFor> {
  return {
    ...flags,
    ...Object.fromEntries(paths.map(name => [name, {...flags[name], helpValue: 'PATH'}])),
  } as typeof flags
}
