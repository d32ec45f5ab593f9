import {documentCommand} from '../../../presentation/document-command.ts'
import {gdprRequestLetter} from '../../../operations/gdpr-request-letter.ts'

export default documentCommand(gdprRequestLetter)
