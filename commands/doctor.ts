import {invokeHere, type OperationOutput} from '@omni-ops/core/operation'
import {fieldsOf, OperationCommand, type Typed} from '@omni-ops/core/cli'
import {doctor} from '@omni-ops/core/doctor'

/** Looks at this machine first, also where the profile's data is elsewhere. */
export default class Doctor extends OperationCommand<typeof doctor> {
  static override summary = doctor.summary
  static override description = doctor.description ?? ''
  static override examples = [...doctor.cli.examples]
  protected readonly operation = doctor
  protected readonly fields = fieldsOf(doctor)
  protected override readonly options = {present: () => import('@omni-ops/core/doctor/present')}

  protected override async call(_: Record<string, unknown>, typed: Typed): Promise<OperationOutput<typeof doctor>> {
    return invokeHere(doctor, {}, await this.context(doctor.id, typed))
  }
}
