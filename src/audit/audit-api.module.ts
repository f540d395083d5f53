import { Module } from '@nestjs/common';
import { ReadBarrier } from '../api/graphql/read-barrier.js';
import { Audit } from './graphql/audit.resolver.js';

export const auditResolvers = [Audit];

@Module({ providers: [ReadBarrier, ...auditResolvers] })
export class AuditApiModule {}
