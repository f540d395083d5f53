import { Field, ObjectType } from '@nestjs/graphql';
import { type Notice } from '../../event-sourcing/notice.js';
import { NoticeCodeEnum } from './enums.js';

@ObjectType('Notice', {
  description:
    'Something that was accepted, but counts for nothing, or in another way than was said or asked. It is not an error.',
})
export class NoticeType implements Notice {
  @Field(() => NoticeCodeEnum, { description: 'A stable code for programs.' })
  code!: Notice['code'];

  @Field(() => String, { description: 'What it means, for people.' })
  message!: string;

  @Field(() => String, {
    description:
      'What it is about: the id of an event, of a ticket or of a customer, the code of another part of the catalogue, or the value of a filter.',
  })
  about!: string;
}
