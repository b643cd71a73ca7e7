package io.tideline.sync.consumer;

/**
 * What consumers may cost.
 *
 * @param maxPending how many moved timelines are remembered per consumer; beyond, all are looked at again
 * @param maxConsumers how many consumers of all conversations are remembered
 * @param readsInFlight how many timelines are read at a time
 */
public record ConsumerConfig(int maxPending, int maxConsumers, int readsInFlight) {
    /** 100,000 timelines, 100 consumers, 16 reads. */
    public static final ConsumerConfig DEFAULT = new ConsumerConfig(100_000, 100, 16);
}
