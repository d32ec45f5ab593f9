import {fieldsOf} from '@omni-ops/core/cli'
import {ccpaKnow} from '../../operations/ccpa-know.ts'
import {DisclosureCommand, disclosureFlags} from '../../presentation/disclosure-command.ts'

const fields = fieldsOf(ccpaKnow)

export default class CcpaKnow extends DisclosureCommand<typeof ccpaKnow> {
  static override summary = ccpaKnow.summary
  static override description = ccpaKnow.description ?? ''
  static override examples = [...ccpaKnow.cli.examples]
  static override flags = disclosureFlags(fields, 'archive')
  protected readonly operation = ccpaKnow
  protected readonly fields = fields
}
