import type {PrivacyDeclaration} from '@omni-ops/core/privacy'
import {declarations as definitions} from './build/definition-privacy.ts'
import {declarations as pages} from './build/privacy.ts'

/** Of all subjects of the domain. */
export const declarations: readonly PrivacyDeclaration[] = [...pages, ...definitions]
