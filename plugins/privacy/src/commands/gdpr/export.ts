import {gdprAccess} from '../../operations/gdpr-access.ts'
import GdprAccess from './access.ts'

/** What most people look for when they are asked for everything. */
export default class GdprExport extends GdprAccess {
  static override summary = 'Write everything that is held about a person into one archive'
  static override description = gdprAccess.description ?? ''
  static override examples = [
    'omni gdpr export --user ana@example.com --out ana.zip',
    'omni gdpr export --request 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55 --out ./ana',
  ]
}
