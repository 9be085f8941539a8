
static float squared_distance(const float* a, const float* b, int dims) {
  float sum = 0.0f;
  for (int d = 0; d < dims; ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
  return sum;
}
void f(const float* points, const float* centroids, int* assignment, float* distance, int n, int k, int dims) {
  for (int i = 0; i < n; ++i) {
    assignment[i] = 0;
    distance[i] = squared_distance(points + i * dims, centroids, dims);
    for (int j = 1; j < k; ++j) {
      const float candidate = squared_distance(points + i * dims, centroids + j * dims, dims);
      if (candidate < distance[i]) {
        distance[i] = candidate;
        assignment[i] = j;
      }
    }
  }
}