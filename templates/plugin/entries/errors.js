import {InvalidInputError} from '@omni-ops/core/operation'

/** An entry is longer than the setting `guestbook.longest` allows. */
export class EntryTooLongError extends InvalidInputError {
  code = 'guestbook_entry_too_long'
}
