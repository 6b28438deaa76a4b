/* The verbs of the program, as main.c runs them and `info` lists them. */
#ifndef HOST_COMMAND_H
#define HOST_COMMAND_H
struct command {
	const char *name;
	int (*run)(int argc, char **argv); /* 0 = done, -1 = failed: err_message() and err_code() say why */
	const char *summary;
};
extern const struct command commands[]; /* ends with a NULL name; in main.c */
#endif
