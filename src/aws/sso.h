/* IAM Identity Center (SSO): the token that `aws sso login` leaves in a file, its renewal, and
 * the keys of a role for it. Asking and decoding are pure; only reading and writing the cache
 * touch files. */
#ifndef LAMBDIG_AWS_SSO_H
#define LAMBDIG_AWS_SSO_H

#include "src/aws/call.h"
#include "src/aws/keys.h"

struct sso_token {           /* wiped with keys_wipe_bytes */
    char access[8193], refresh[8193];
    char client_id[1025], client_secret[8193];
    char region[32], start_url[1025];
    int64_t expires_unix_ms, registration_expires_unix_ms; /* TIME_NONE: not said */
};

#define SSO_CACHE_NAME_SIZE 46 /* 40 hex digits, .json, NUL */

/* The file's name for a session, or for the start URL of the old form. */
void sso_cache_name(struct str session_or_url, char out[SSO_CACHE_NAME_SIZE]);
/* What the file holds. false: no object, another type, a token that could not stand in a
 * header, a region or start URL that is none; never with a value in err. */
bool sso_decode_cache(struct str bytes, struct sso_token *out, struct err *err) MUST_USE;
/* Replaces the file as a whole, mode 0600. */
bool sso_write_cache(const char *path, const struct sso_token *token, struct err *err) MUST_USE;

/* CreateToken with the refresh token, and its answer into *token: what it does not bring stays. */
void sso_ask_token(struct call *call, const struct sso_token *token);
bool sso_decode_token(struct str body, int64_t now_unix_ms, struct sso_token *token,
                      struct err *err) MUST_USE;
/* GetRoleCredentials; the token goes with it as the line x-amz-sso_bearer_token. */
void sso_ask_keys(struct call *call, const char *account, const char *role);
bool sso_decode_keys(struct str body, struct keys *keys, struct err *err) MUST_USE;
/* The words of an error answer of either service; empty: none. */
void sso_decode_error(struct str body, char *message, size_t size);

bool sso_is_start_url(const char *text);
bool sso_is_account(const char *text);
bool sso_is_role(const char *text);

#endif
