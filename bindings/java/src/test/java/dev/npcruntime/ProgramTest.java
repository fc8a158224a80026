package dev.npcruntime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.npcruntime.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ProgramTest {
    @TempDir
    Path place;

    private Path bundle(String where) throws IOException {
        Path program = place.resolve(where).resolve("npc-runtime").resolve("npc-runtime");
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\n");
        assertTrue(program.toFile().setExecutable(true));
        return program;
    }

    private Path find(String named) {
        Map<String, String> environment = Map.of(
                "HOME", place.resolve("home").toString(),
                "PATH", place.resolve("bin/npc-runtime").toString(),
                "NPC_RUNTIME", named);
        return new Program(environment, List.of(place.resolve("nothing"), place.resolve("game"))).find();
    }

    @Test
    void theProgramIsWhatTheVariableNamesOrBesideTheGameOrSharedOrOnThePath() throws IOException {
        assertEquals(bundle("bin"), find(""));
        assertEquals(bundle("home/.local/lib"), find(""));
        Path beside = bundle("game");
        assertEquals(beside, find(""));
        Path elsewhere = bundle("elsewhere");
        assertEquals(elsewhere, find(elsewhere.toString()));
        assertEquals(elsewhere, find(elsewhere.getParent().toString()));
    }

    @Test
    void whatTheVariableNamesIsNotLookedForElsewhere() throws IOException {
        bundle("game");
        NpcRuntimeException gone = assertThrows(NpcRuntimeException.class, () -> find(place.resolve("gone").toString()));
        assertEquals(ErrorCode.NOT_FOUND, gone.code());
        assertTrue(gone.getMessage().contains("NPC_RUNTIME names"), gone.getMessage());
    }

    @Test
    void whatIsNowhereIsSaidToBe() {
        NpcRuntimeException none = assertThrows(NpcRuntimeException.class, () -> find(""));
        assertTrue(none.getMessage().contains("nor on the PATH"), none.getMessage());
    }

    @Test
    void aFolderThatCannotBeWrittenHasAStandby() throws IOException {
        Path run = place.resolve("run");
        Path standby = Standby.of(Path.of("/srv/village"), Map.of("XDG_RUNTIME_DIR", run.toString())).get(0);
        // echo -n /srv/village | sha256sum
        assertEquals(run.resolve("npc-runtime").resolve("28cd0081ff47"), standby);
        assertFalse(Standby.isOurs(standby));
        Files.createDirectories(standby);
        assertTrue(Standby.isOurs(standby));
    }
}
