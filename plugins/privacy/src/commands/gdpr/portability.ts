import {fieldsOf} from '@omni-ops/core/cli'
import {gdprPortability} from '../../operations/gdpr-portability.ts'
import {DisclosureCommand, disclosureFlags} from '../../presentation/disclosure-command.ts'

const fields = fieldsOf(gdprPortability)

export default class GdprPortability extends DisclosureCommand<typeof gdprPortability> {
  static override summary = gdprPortability.summary
  static override description = gdprPortability.description ?? ''
  static override examples = [...gdprPortability.cli.examples]
  static override flags = disclosureFlags(fields, 'document')
  protected readonly operation = gdprPortability
  protected readonly fields = fields
  protected override readonly form = 'document'
}
