/**
 * {@code tideline bench}: what Tideline costs beside a plain HBase client. Every figure is a ratio against a baseline
 * that is measured in the same run, in turns with it, on the same HBase, which runs in a process of its own.
 *
 * <p>{@link io.tideline.tools.bench.BenchProcesses} starts HBase and the server;
 * {@link io.tideline.tools.bench.TidelineLoad} and {@link io.tideline.tools.bench.PlainHBase} are the two sides;
 * {@link io.tideline.tools.bench.LoadDriver} keeps either busy; each {@link io.tideline.tools.bench.Benchmark} says what is
 * compared and what is demanded; {@link io.tideline.tools.bench.BenchReport} prints it.
 */
@NullMarked
package io.tideline.tools.bench;

import org.jspecify.annotations.NullMarked;
