import type {Present} from '@omni-ops/core/cli'
import type {gdprNoticeLetter} from '../operations/gdpr-notice-letter.ts'

export const present: Present<typeof gdprNoticeLetter> = ({text}) => text
