#ifndef A
#define A 1
#include <b.h>
template <class T> T f(T x) { return R"x(a)x"[0]; }
#endif
#define A 2 \
  3
namespace a { struct S { int b; }; }
object: a.cpp \
 b.h
