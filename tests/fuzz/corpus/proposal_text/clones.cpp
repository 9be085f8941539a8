#ifndef KE_CLONES
#define KE_CLONES __attribute__((target_clones("arch=x86-64-v4","arch=x86-64-v3","default")))
#endif
#include <cmath>
/* c */ KE_CLONES void f();
