import {registerCommand} from '../../../presentation/register-command.ts'
import {breachNotice} from '../../../operations/breach-notice.ts'

export default registerCommand(breachNotice, 'breaches')
