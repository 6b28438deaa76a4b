#ifndef HOST_CMD_INFO_H
#define HOST_CMD_INFO_H
#include "host/command.h"
/* `xbmd info`: versions, plugin state, devices, verbs. */
int info_print(int argc, char **argv, const struct command *verbs);
#endif
