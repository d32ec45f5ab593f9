import {fieldsOf} from '@omni-ops/core/cli'
import {gdprAccess} from '../../operations/gdpr-access.ts'
import {DisclosureCommand, disclosureFlags} from '../../presentation/disclosure-command.ts'

const fields = fieldsOf(gdprAccess)

export default class GdprAccess extends DisclosureCommand<typeof gdprAccess> {
  static override summary = gdprAccess.summary
  static override description = gdprAccess.description ?? ''
  static override examples = [...gdprAccess.cli.examples]
  static override flags = disclosureFlags(fields, 'archive')
  protected readonly operation = gdprAccess
  protected readonly fields = fields
}
