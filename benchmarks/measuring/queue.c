/* M/M/1 by a binary heap of events and a ring of waiting customers: what plain C makes of the work of E1. Usage: queue CUSTOMERS */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t s[4] = {1, 2, 3, 4};
static uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
static double uniform(void) { /* xoshiro256**; Blackman, Vigna (2021) */
    uint64_t r = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = rotl(s[3], 45);
    return ((r >> 12) + 0.5) * 0x1p-52;
}
static double exponential(double mean) { return -mean * log1p(-uniform()); }

typedef struct { double at; int kind; } Event;
static Event heap[64];
static int count;
static void push(double at, int kind) {
    int i = count++;
    while (i && heap[(i - 1) / 2].at > at) { heap[i] = heap[(i - 1) / 2]; i = (i - 1) / 2; }
    heap[i] = (Event){at, kind};
}
static Event pop(void) {
    Event top = heap[0], last = heap[--count];
    int i = 0, j;
    while ((j = 2 * i + 1) < count) {
        if (j + 1 < count && heap[j + 1].at < heap[j].at) j++;
        if (heap[j].at >= last.at) break;
        heap[i] = heap[j]; i = j;
    }
    heap[i] = last;
    return top;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 1000000, came = 0, left = 0, mask = (1 << 20) - 1;
    double *ring = malloc((mask + 1) * sizeof *ring), stay = 0;
    push(exponential(1 / 0.9), 0);
    while (left < n) {
        Event e = pop();
        if (e.kind == 0) {
            ring[came++ & mask] = e.at;
            if (came < n) push(e.at + exponential(1 / 0.9), 0);
            if (came - left == 1) push(e.at + exponential(1), 1);
        } else {
            stay += e.at - ring[left++ & mask];
            if (came > left) push(e.at + exponential(1), 1);
        }
    }
    printf("%.6f\n", stay / n);
    return 0;
}
