import {ConflictError, InvalidInputError} from '@omni-ops/core/operation'

/** A value cannot be encrypted in its format: too short, too long, or with characters outside the alphabet. */
export class FormatError extends InvalidInputError {
  override readonly code: string = 'format_preserving_value'
}

/** So few values have the format that whoever has the cipher can try them all. */
export class DomainTooSmallError extends FormatError {
  override readonly code = 'format_domain_too_small'
}

/** A store would hold a card number's hash and its truncation, from which the number can be reconstructed. */
export class CardRepresentationError extends ConflictError {
  override readonly code = 'card_representation'
}
