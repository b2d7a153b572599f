import { Matches } from 'class-validator';
import { MeetsPasswordPolicy } from 'nestjs-security/class-validator';

/** What a person registers with. */
export class SignUpDto {
  @Matches(/^[a-z][a-z0-9-]{1,29}$/, {
    message: 'Choose a name of 2 to 30 small letters, digits and hyphens.',
  })
  name!: string;

  @MeetsPasswordPolicy<SignUpDto>({ contextFrom: ({ name }) => ({ username: name }) })
  password!: string;
}
