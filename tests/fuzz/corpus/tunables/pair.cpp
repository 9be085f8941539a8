// ke: tunable TILE in {8, 16, 32} where TILE * LANES <= 256 && LANES != 3
#ifndef TILE
#define TILE 16
#endif
#if !defined(LANES)
#define LANES 8 // ke: tunable LANES in {4, 8, 16}
#endif
// ke: tunable KIND in {a, b} default b
