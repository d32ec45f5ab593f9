import {registerCommand} from '../../presentation/register-command.ts'
import {zvopVideo} from '../../operations/registers.ts'

export default registerCommand(zvopVideo, 'video')
