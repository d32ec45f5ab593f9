import {registerCommand} from '../../presentation/register-command.ts'
import {dpia} from '../../operations/registers.ts'

export default registerCommand(dpia, 'dpia')
