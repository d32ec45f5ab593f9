import type {PrivacyDeclaration} from '@omni-ops/core/privacy'
import {declarations as conversations} from './chat/privacy.ts'
import {declarations as documents} from './collection/privacy.ts'
import {declarations as evaluations} from './evaluation/privacy.ts'

/** Of all subjects of the domain. */
export const declarations: readonly PrivacyDeclaration[] = [...documents, ...evaluations, ...conversations]
