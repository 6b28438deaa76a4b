#include "eval/markup.h"

static bool is_continuation(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

/* Bytes of the valid UTF-8 sequence at s, 0 when there is none (RFC 3629: no overlong forms, no surrogates).
 */
static size_t sequence(const unsigned char *s)
{
	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xC2 && s[0] <= 0xDF)
		return is_continuation(s[1]) ? 2 : 0;
	if (s[0] >= 0xE0 && s[0] <= 0xEF) {
		bool bad = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F);
		return !bad && is_continuation(s[1]) && is_continuation(s[2]) ? 3 : 0;
	}
	if (s[0] >= 0xF0 && s[0] <= 0xF4) {
		bool bad = (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F);
		return !bad && is_continuation(s[1]) && is_continuation(s[2]) && is_continuation(s[3]) ? 4
												       : 0;
	}
	return 0;
}

static const char *entity(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void markup_escape(FILE *out, const char *text)
{
	for (const unsigned char *s = (const unsigned char *)text; *s;) {
		size_t n = sequence(s);
		bool control = (*s < 0x20 && *s != '\n' && *s != '\t') || *s == 0x7F;
		if (n == 0 || control)
			fputs("&#65533;", out);
		else if (entity(*s))
			fputs(entity(*s), out);
		else
			fwrite(s, 1, n, out);
		s += n ? n : 1;
	}
}

bool markup_is_utf8(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	while (*s && sequence(s) > 0)
		s += sequence(s);
	return *s == '\0';
}

size_t markup_length(const char *text)
{
	size_t length = 0;
	for (const unsigned char *s = (const unsigned char *)text; *s; length++) {
		size_t n = sequence(s);
		s += n ? n : 1;
	}
	return length;
}
