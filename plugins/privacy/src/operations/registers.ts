import {Breaches} from './breach-register.ts'
import {Dpia} from './dpia-register.ts'
import {Officer} from './officer-register.ts'
import {Processors} from './processor-register.ts'
import {Ropa} from './ropa-register.ts'
import {Video} from './video-register.ts'
import {registerOperation} from './register-operation.ts'

const controller = {name: 'Example d.o.o.', email: 'privacy@example.com'}

export const ropa = registerOperation({
  id: 'gdpr.ropa',
  path: '/api/v1/gdpr/ropa',
  summary: 'Go through the record of processing activities, and render it',
  description:
    'Reads a YAML file with the fields of GDPR, Article 30(1) and (2), says what is missing with its line, and writes it as JSON, CSV or PDF. Ends with 7 where the law is not kept.',
  schema: Ropa,
  name: 'ropa',
  examples: ['omni gdpr ropa', 'omni gdpr ropa privacy/ropa.yaml --as pdf --language sl --out ropa.pdf'],
  example: {
    version: 1,
    updated: '2026-11-23',
    controller,
    activities: [
      {
        id: 'newsletter',
        name: 'Newsletter',
        purposes: ['To send monthly news'],
        legal_basis: ['Article 6(1)(a), consent'],
        data_subjects: ['Subscribers'],
        data_categories: ['E-mail address'],
        recipients: [],
        retention: ['Until the consent is withdrawn'],
        security: ['Encrypted at rest'],
      },
    ],
  },
})

export const dpia = registerOperation({
  id: 'gdpr.dpia',
  path: '/api/v1/gdpr/dpia',
  summary: 'Go through a data protection impact assessment, and render it',
  description:
    'Reads a YAML file with what GDPR, Article 35(7) asks for, says what is missing and which risks stay high, and writes it as JSON, CSV or PDF. Ends with 7 where the law is not kept.',
  schema: Dpia,
  name: 'dpia',
  examples: ['omni gdpr dpia privacy/dpia.yaml', 'omni gdpr dpia privacy/dpia.yaml --as pdf --out dpia.pdf'],
  example: {
    version: 1,
    updated: '2026-11-23',
    id: 'chat',
    name: 'Answers from personnel files',
    description: 'Employees ask questions, and a model answers from the files.',
    purposes: ['To find rules'],
    necessity: 'Searching by hand took a day.',
    proportionality: 'Only files of the department are searched.',
    risks: [
      {
        id: 'leak',
        description: 'An answer shows somebody the file of a colleague.',
        likelihood: 'medium',
        severity: 'high',
        measures: ['Files have readers, and search obeys them'],
        residual: 'low',
      },
    ],
    compliance: ['The audit log shows each answer'],
  },
})

export const breach = registerOperation({
  id: 'gdpr.breach',
  path: '/api/v1/gdpr/breach',
  summary: 'Go through the register of breaches, with the 72 hours of each, and render it',
  description:
    'Reads a YAML file with every personal data breach (GDPR, Article 33(5)), says which have to be notified or told to people and until when, and writes it as JSON, CSV or PDF. Ends with 7 where the law is not kept.',
  schema: Breaches,
  name: 'breaches',
  examples: ['omni gdpr breach', 'omni gdpr breach --as csv --out breaches.csv'],
  example: {
    version: 1,
    updated: '2026-11-23',
    controller,
    breaches: [
      {
        id: '2026-01',
        aware_at: '2026-11-20T09:00:00+01:00',
        nature: 'A list of customers was sent to the wrong address.',
        persons: {categories: ['Customers'], approximately: 40},
        records: {categories: ['Names and e-mail addresses'], approximately: 40},
        contact: controller,
        consequences: ['Unwanted mail'],
        measures: ['The receiver deleted the list and confirmed it'],
        risk: 'unlikely',
        why_unlikely: 'The receiver is a processor under contract and deleted the list unread.',
      },
    ],
  },
})

export const processors = registerOperation({
  id: 'gdpr.processors',
  path: '/api/v1/gdpr/processors',
  summary: 'Go through the register of processors, and render it',
  description:
    'Reads a YAML file with every processor (GDPR, Article 28), says whose contract has ended and which data leave the European Economic Area without safeguards, and writes it as JSON, CSV or PDF. Ends with 7 where the law is not kept.',
  schema: Processors,
  name: 'processors',
  examples: ['omni gdpr processors', 'omni gdpr processors --as pdf --out processors.pdf'],
  example: {
    version: 1,
    updated: '2026-11-23',
    controller,
    processors: [
      {
        id: 'mailer',
        processor: {name: 'Mailer Ltd', email: 'dpo@mailer.example'},
        service: 'Sends the newsletter',
        data_categories: ['E-mail addresses'],
        data_subjects: ['Subscribers'],
        contract: {on: '2026-01-15', reference: 'DPA 2026/3'},
        countries: ['IE'],
        security: ['ISO 27001'],
        last_audit: '2026-06-01',
      },
    ],
  },
})

export const zvopDpo = registerOperation({
  id: 'zvop.dpo',
  path: '/api/v1/zvop/dpo',
  summary: 'Go through the entry of the data protection officer, and render it',
  description:
    'Reads a YAML file, and says whether the contact was published and told to the supervisory authority within the eight days of ZVOP-2, Article 45(4). Ends with 7 where the law is not kept.',
  schema: Officer,
  name: 'officer',
  examples: ['omni zvop dpo', 'omni zvop dpo --as pdf --language sl --out dpo.pdf'],
  example: {
    version: 1,
    updated: '2026-11-23',
    controller,
    required: ['ZVOP-2, Article 45(1)'],
    officer: {name: 'Maja Novak', post: 'Counsel', email: 'dpo@example.com', phone: '+386 1 123 45 67'},
    designated: '2026-11-02',
    published: '2026-11-05',
    notified: '2026-11-05',
    qualifications: ['Ten years of practice in data protection law'],
    conflicts: 'No other task decides on processing.',
  },
})

export const zvopVideo = registerOperation({
  id: 'zvop.video',
  path: '/api/v1/zvop/video',
  summary: 'Go through the register of video surveillance, and render it',
  description:
    'Reads a YAML file with each system (ZVOP-2, Articles 76 to 80), says which keep recordings too long or lack notice, decision or consultation, and writes it as JSON, CSV or PDF. Ends with 7 where the law is not kept.',
  schema: Video,
  name: 'video',
  examples: ['omni zvop video', 'omni zvop video --as pdf --language sl --out video.pdf'],
  example: {
    version: 1,
    updated: '2026-11-23',
    controller,
    systems: [
      {
        id: 'entrance',
        name: 'Main entrance',
        area: 'premises',
        cameras: 2,
        places: ['The door to the street'],
        purposes: ['Safety of people and property'],
        decision: {by: 'Director', on: '2026-01-10', reasons: 'Two burglaries in 2025.'},
        notice: {published: '2026-01-12', contents: ['surveillance', 'purposes_and_controller', 'officer']},
        retention_days: 30,
        employees_informed: '2026-01-12',
      },
    ],
  },
})
