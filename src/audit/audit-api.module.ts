import { Module } from '@nestjs/common';
import { Audit } from './graphql/audit.resolver.js';

export const auditResolvers = [Audit];

@Module({ providers: auditResolvers })
export class AuditApiModule {}
