import {registerCommand} from '../../presentation/register-command.ts'
import {processors} from '../../operations/registers.ts'

export default registerCommand(processors, 'processors')
