import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'multimodal_prompts',
    fields: {
      tenant: 'non-personal',
      name: 'non-personal',
      size: 'non-personal',
      kept_at: 'non-personal',
      idea: {category: 'user.content'},
      prompt: {category: 'user.content'},
      negative_prompt: {category: 'user.content'},
      style: {category: 'user.content'},
      principal: {category: 'user.unique_id', identity: 'principal'},
    },
    personal: {
      purpose: 'To draw pictures of one kind again',
      basis: 'contract',
      origin: 'provided',
      subject: {field: 'principal'},
      retention: 'until-removed',
      erasure: 'delete-row',
    },
  }),
]
