import {argsFor, fieldsOf, flagsFor, OperationCommand, type Typed} from '@omni-ops/core/cli'
import {profileTest} from '@omni-ops/core/profile/operations'

const fields = fieldsOf(profileTest)

/** Opens its session with the profile that is named, instead of the one in use. */
export default class ProfileTest extends OperationCommand<typeof profileTest> {
  static override summary = profileTest.summary
  static override examples = [...profileTest.cli.examples]
  static override flags = flagsFor(fields)
  static override args = argsFor(fields, profileTest.cli.args ?? [])
  protected readonly operation = profileTest
  protected readonly fields = fields

  protected override context(operation: string, typed: Typed) {
    const {name} = typed.values
    return super.context(operation, name === undefined ? typed : {...typed, values: {...typed.values, profile: name}})
  }
}
