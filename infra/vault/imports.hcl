# imports: takes uploads and answers about jobs; it needs no secret. The worker has a policy of its own.
