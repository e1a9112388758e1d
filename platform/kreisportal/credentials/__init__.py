"""What a person proves who they are with: passwords, second factors, and slowing down whoever guesses."""
