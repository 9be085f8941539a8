#include "check.h"
#include "ops/embedding_bag.h"
#include "ops/kmeans_assign.h"
#include "ops/prefix_sum.h"

static void test_embedding_bag() {
  const float table[] = {1, 2, 10, 20, 100, 200};
  const std::int32_t indices[] = {0, 2, 2, 1};
  const std::int64_t offsets[] = {0, 3, 3, 4};  // the second bag is empty
  float output[6];
  ops::embedding_bag(table, indices, offsets, output, 3, 2);
  const float expected[] = {201, 402, 0, 0, 10, 20};
  for (int i = 0; i < 6; ++i) assert(output[i] == expected[i]);
}

static void test_kmeans_assign() {
  const float points[] = {0, 0, 9, 9, 5, 5}, centroids[] = {0, 1, 10, 10, 0, 1};
  std::int32_t assignment[3];
  float distance[3];
  ops::kmeans_assign(points, centroids, assignment, distance, 3, 3, 2);
  assert(assignment[0] == 0 && assignment[1] == 1 && assignment[2] == 0);
  assert(distance[0] == 1 && distance[1] == 2 && distance[2] == 41);
}

static void test_prefix_sum() {
  float values[] = {1, 2, 3, -4};
  ops::prefix_sum(values, values, 4);
  assert(values[0] == 1 && values[1] == 3 && values[2] == 6 && values[3] == 2);
}

int main() {
  test_embedding_bag();
  test_kmeans_assign();
  test_prefix_sum();
}
