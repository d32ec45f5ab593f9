import {registerCommand} from '../../presentation/register-command.ts'
import {zvopDpo} from '../../operations/registers.ts'

export default registerCommand(zvopDpo, 'officer')
