import {registerCommand} from '../../presentation/register-command.ts'
import {ropa} from '../../operations/registers.ts'

export default registerCommand(ropa, 'ropa')
