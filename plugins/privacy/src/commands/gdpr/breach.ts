import {registerCommand} from '../../presentation/register-command.ts'
import {breach} from '../../operations/registers.ts'

export default registerCommand(breach, 'breaches')
