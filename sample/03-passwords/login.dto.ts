import { IsString } from 'class-validator';

/** What a person logs in with. The policy is for new passwords only: old ones go on until they are changed. */
export class LoginDto {
  @IsString()
  name!: string;

  @IsString()
  password!: string;
}
