package io.tideline.api.server.operator;

import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.GetTierOverviewRequest;
import io.tideline.api.v1.TierContent;
import io.tideline.api.v1.TierOverview;
import io.tideline.api.v1.TierTotal;
import io.tideline.core.archive.ArchiveStatus;
import io.tideline.core.store.Deadline;
import io.tideline.core.tier.TableSizes.TableSize;
import io.tideline.core.tier.Tier;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What all tiers have, as far as it is known without counting. */
final class TierOverviews {
    private final ServerPorts ports;
    private final TierCalls calls;

    TierOverviews(ServerPorts ports, TierCalls calls) {
        this.ports = ports;
        this.calls = calls;
    }

    CompletableFuture<TierOverview> overview(GetTierOverviewRequest request, Deadline deadline) {
        Caller.current().requireOperatorOfAll();
        CompletableFuture<Map<Tier, TableSize>> sizes = ports.storage().sizes().sizes(deadline);
        CompletableFuture<Optional<ArchiveStatus>> files = ports.history()
                .archive()
                .map(archive -> archive.status(deadline).thenApply(Optional::of))
                .orElse(CompletableFuture.completedFuture(Optional.empty()));
        return calls.statusAndPass()
                .thenCombine(sizes, (scheduler, tables) -> TierOverview.newBuilder()
                        .setScheduler(scheduler)
                        .setPolicyArchives(ports.scheduler().policies().anyArchived())
                        .addAllTiers(List.of(table(Tier.HOT, tables), table(Tier.WARM, tables))))
                .thenCombine(files, (answer, found) -> {
                    found.ifPresent(archive -> addFiles(answer, archive));
                    return answer.build();
                });
    }

    private static TierTotal table(Tier tier, Map<Tier, TableSize> tables) {
        TierTotal.Builder total = TierTotal.newBuilder().setTier(TierAnswers.tier(tier));
        @Nullable TableSize size = tables.get(tier);
        if (size != null) {
            total.setBytes(size.fileBytes()).setMemoryBytes(size.memoryBytes()).setParts(size.regions());
        }
        return total.build();
    }

    private static void addFiles(TierOverview.Builder answer, ArchiveStatus archive) {
        answer.addTiers(TierTotal.newBuilder()
                .setTier(TierContent.Tier.COLD)
                .setEntries(archive.entries())
                .setBytes(archive.bytes())
                .setParts(archive.files()));
        if (!archive.lastCommit().equals(Instant.EPOCH)) {
            answer.setLastArchiveCommitTime(Responses.timestamp(archive.lastCommit()));
        }
        if (!archive.lastRun().equals(Instant.EPOCH)) {
            answer.setLastArchiveRunTime(Responses.timestamp(archive.lastRun()));
        }
    }
}
