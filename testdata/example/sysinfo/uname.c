#include <sys/utsname.h>

int sysinfo_uname(struct utsname *into)
{
    return uname(into);
}
