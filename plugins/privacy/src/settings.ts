import * as z from 'zod'
import type {SettingDeclaration} from '@omni-ops/core/operation'

export const privacySettings: readonly SettingDeclaration[] = [
  {
    name: 'privacy.key',
    description:
      'Secret from which the keys of mask maps, pseudonyms and the vault are derived; at least 32 characters',
    schema: () => z.string().min(32),
    secret: true,
  },
  {
    name: 'privacy.country',
    description: 'The country whose data protection law and holidays apply, as ISO 3166-1 writes it',
    schema: () => z.string().regex(/^[A-Z]{2}$/),
    default: 'SI',
  },
  {
    name: 'privacy.time_zone',
    description: 'The time zone in which days of a period begin and end, as the IANA database names it',
    schema: () => z.string().min(1),
    default: 'Europe/Ljubljana',
  },
  {
    name: 'privacy.processing_log_years',
    description: 'For how many years after its own an entry of the processing log is kept (ZVOP-2, Article 22(5))',
    schema: () => z.coerce.number().int().min(2).max(5),
    default: 2,
  },
  {
    name: 'privacy.processing_log_reason',
    description: 'The impact assessment or risk analysis for which the log is kept longer than two years',
    schema: () => z.string().min(1),
  },
  {
    name: 'privacy.authority',
    description: 'The supervisory authority with its address, as letters name it',
    schema: () => z.string().min(1),
    default: 'Informacijski pooblaščenec, Dunajska cesta 22, 1000 Ljubljana',
  },
  {
    name: 'privacy.controller',
    description: 'Who writes to data subjects, with address, as letters are signed',
    schema: z.string().min(1).max(300),
  },
  {
    name: 'privacy.contact',
    description: 'Where data subjects can ask, as letters name it: an address, a telephone number',
    schema: z.string().min(1).max(300),
  },
  {
    name: 'privacy.retention_days',
    description:
      'For how many days files are kept that have no date of their own, by their place: `{"log error report": 90}`; omni gdpr retention list names them',
    schema: z.record(z.string(), z.int().min(0)),
    structured: true,
  },
  {
    name: 'privacy.registers',
    description: 'The directory of the registers of the project, relative to where one works',
    schema: () => z.string().min(1),
    default: 'privacy',
  },
  {
    name: 'privacy.name_model',
    description:
      'Directory or HuggingFace repository of a model with ONNX weights that labels names, besides the rules',
    schema: () => z.string().min(1),
    env: ['PRIVACY_NAME_MODEL'],
  },
]
