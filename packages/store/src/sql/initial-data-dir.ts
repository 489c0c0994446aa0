import { PGlite } from "@electric-sql/pglite";

/**
 * Runs `initdb` in a directory and drops the template databases: nobody creates databases in an embedded store, and without them it has
 * a third of the files and nothing left whose transaction ids could grow too old.
 */
export async function initialiseDataDir(directory: string): Promise<void> {
  const database = await PGlite.create({ dataDir: directory });
  for (const template of ["template0", "template1"]) {
    await database.query(`alter database ${template} with is_template false`);
    await database.query(`drop database ${template}`);
  }
  await database.close();
}
