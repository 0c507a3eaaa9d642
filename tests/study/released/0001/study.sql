BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE assignment (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	grader_id INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(grader_id) REFERENCES grader (id), 
	FOREIGN KEY(image_id) REFERENCES image (id), 
	UNIQUE (image_id, grader_id)
);
INSERT INTO "assignment" VALUES(1,1,1,'submitted',8);
INSERT INTO "assignment" VALUES(2,1,2,'submitted',8);
INSERT INTO "assignment" VALUES(3,1,3,'submitted',8);
INSERT INTO "assignment" VALUES(4,2,1,'in progress',2);
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	who VARCHAR(100) NOT NULL, 
	what VARCHAR(30) NOT NULL, 
	subject VARCHAR(100) NOT NULL, 
	detail TEXT NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2026-12-01T01:17:27.659087+00:00','system','create','study','{"software_version": "0.1.0"}','c8bb247cacc7be0ff6df3fafa544aaed9be6e7a1d6d6cb566479fa856883569e');
INSERT INTO "audit" VALUES(2,'2026-12-01T01:17:27.911702+00:00','system','import','image:1','{"eye": "OD", "modality": "fundus", "name": "p1_OD", "patient": "P-6089edce78e1", "sha256": "1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5"}','f9478d0dd45929f0aa7cf313abdf5d28946ed69d528202a50e91b555f9d3042d');
INSERT INTO "audit" VALUES(3,'2026-12-01T01:17:28.006137+00:00','system','import','image:2','{"eye": "OS", "modality": "fundus", "name": "p1_OS", "patient": "P-6089edce78e1", "sha256": "b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3"}','e8ee6c0efd67fc2b83ba47a51bb5db54fec778251b70b64d273923aeac1a5abc');
INSERT INTO "audit" VALUES(4,'2026-12-01T01:17:28.013968+00:00','system','add grader','grader:1','{"name": "Ada", "role": "grader"}','f99f687a5d7aeddca087a3a19a728cb1a32ad0eab011832254e5b9a470ada212');
INSERT INTO "audit" VALUES(5,'2026-12-01T01:17:28.109725+00:00','system','add grader','grader:2','{"name": "Ben", "role": "grader"}','bd4db765221c8313886b2b01208005b8311c6009fff11ca08c053c8f46103fce');
INSERT INTO "audit" VALUES(6,'2026-12-01T01:17:28.158979+00:00','system','add grader','grader:3','{"name": "Cleo", "role": "grader"}','94a4863f5f4b47b1c5f12dc6d3bd3ad1fdddb0a327c757f2aaa1763aefa0086e');
INSERT INTO "audit" VALUES(7,'2026-12-01T01:17:28.205599+00:00','system','add grader','grader:4','{"name": "Weber", "role": "adjudicator"}','857d87b9b86421f6b20a62e335035ce53e9b194c84296d9ef98ddfba8a620f32');
INSERT INTO "audit" VALUES(8,'2026-12-01T01:17:28.332750+00:00','Ada','edit','image:1/grading:1','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 30.0, "y": 20.0}, "id": "be9f815646714f6798467d227255f346", "label": "OD", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add OD"}','ce2f04b935ee0e0b01ea47ea3b8ac5437fd0fd9c12e1f846fd0ea8bd83ff7025');
INSERT INTO "audit" VALUES(9,'2026-12-01T01:17:28.536541+00:00','Ada','edit','image:1/grading:1','{"after": [{"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "4a6cd771ef4d49c1b5eb6745072f6abd", "label": "MA", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add MA"}','49535851c97156822dc3378a5f7957de240c1a9b0d49790527eccbdee0cb1214');
INSERT INTO "audit" VALUES(10,'2026-12-01T01:17:28.724231+00:00','Ada','undo','image:1/grading:1','{"edit": 9}','11c6ef64b79672c91a2e8734938b72cab254f8b9000452b62ddb8711affd891b');
INSERT INTO "audit" VALUES(11,'2026-12-01T01:17:28.783182+00:00','Ada','redo','image:1/grading:1','{"edit": 9}','84779f3a0da64f7ceca49bb97d641ba0980209d326c612aee10c4fdc46da7658');
INSERT INTO "audit" VALUES(12,'2026-12-01T01:17:28.879173+00:00','Ada','edit','image:1/grading:1','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "be9f815646714f6798467d227255f346", "label": "OD", "origin": "drawn"}], "before": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 30.0, "y": 20.0}, "id": "be9f815646714f6798467d227255f346", "label": "OD", "origin": "drawn"}], "edit": "shapes", "title": "Change OD"}','9a67b4e40f3b4e6a800b2de6bff0e2b385c4d822bee3339a1b86478d608c1860');
INSERT INTO "audit" VALUES(13,'2026-12-01T01:17:29.016532+00:00','Ada','edit','image:1/grading:1','{"after": "good", "before": null, "edit": "grade", "scale": "gradability"}','c590b2be1c50a4c5be9c9236933499d681870c9b0245836c5110b1465b5b0a25');
INSERT INTO "audit" VALUES(14,'2026-12-01T01:17:29.096372+00:00','Ada','edit','image:1/grading:1','{"after": 1, "before": null, "edit": "grade", "scale": "dr"}','5d9eb3e1076fcd69f8f7a4f5d94c7ccd87ebac651da50ffcd3ed8a484c870ed9');
INSERT INTO "audit" VALUES(15,'2026-12-01T01:17:29.210286+00:00','Ada','submit','image:1/grading:1','{"absent": [], "comment": "", "grades": {"dr": 1, "gradability": "good"}, "shapes": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "be9f815646714f6798467d227255f346", "label": "OD", "origin": "drawn"}, {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "4a6cd771ef4d49c1b5eb6745072f6abd", "label": "MA", "origin": "drawn"}]}','5663d8dcf08120c042637254a60271830f428fecb8b73e6b46c7bf995032d60d');
INSERT INTO "audit" VALUES(16,'2026-12-01T01:17:29.288578+00:00','Ben','edit','image:1/grading:2','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "211e972f4d2d4161b2c27f4e3adc48a4", "label": "OD", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add OD"}','d68383c8aade1311ceff843f298adcbce1ac86732eb71fccb267e7ec9c7e797d');
INSERT INTO "audit" VALUES(17,'2026-12-01T01:17:29.384991+00:00','Ben','edit','image:1/grading:2','{"after": [{"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "63245bc48d1c40baa69e9f8b6466defb", "label": "MA", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add MA"}','5cb6b543717325000e4017429abb57d4970f35e5118a2e11789517a698d2c450');
INSERT INTO "audit" VALUES(18,'2026-12-01T01:17:29.531065+00:00','Ben','undo','image:1/grading:2','{"edit": 17}','5ddd1940c970599039d3cd09b4417c6efc4e05cbfdb811246e43c876444b4e28');
INSERT INTO "audit" VALUES(19,'2026-12-01T01:17:29.810774+00:00','Ben','redo','image:1/grading:2','{"edit": 17}','32a34025fead71ca7652369f1c6791dd4bf4de125934bb1f63b8dc30a2a0ab0d');
INSERT INTO "audit" VALUES(20,'2026-12-01T01:17:29.933401+00:00','Ben','edit','image:1/grading:2','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "211e972f4d2d4161b2c27f4e3adc48a4", "label": "OD", "origin": "drawn"}], "before": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "211e972f4d2d4161b2c27f4e3adc48a4", "label": "OD", "origin": "drawn"}], "edit": "shapes", "title": "Change OD"}','19873a7301d5599004e8dc7e09f28c5336292ef1a7840d7bd776cedd31cbc835');
INSERT INTO "audit" VALUES(21,'2026-12-01T01:17:30.077370+00:00','Ben','edit','image:1/grading:2','{"after": "good", "before": null, "edit": "grade", "scale": "gradability"}','b59134912c2460b201fc82480c245b22e3cd5386bbd018fea8c3486f928b3cc4');
INSERT INTO "audit" VALUES(22,'2026-12-01T01:17:30.238067+00:00','Ben','edit','image:1/grading:2','{"after": 1, "before": null, "edit": "grade", "scale": "dr"}','b19b698d6c9f5de3ed676f48b2f33791850204ef059dca469a5c9bc62d7f0d69');
INSERT INTO "audit" VALUES(23,'2026-12-01T01:17:30.447556+00:00','Ben','submit','image:1/grading:2','{"absent": [], "comment": "", "grades": {"dr": 1, "gradability": "good"}, "shapes": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "211e972f4d2d4161b2c27f4e3adc48a4", "label": "OD", "origin": "drawn"}, {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "63245bc48d1c40baa69e9f8b6466defb", "label": "MA", "origin": "drawn"}]}','0ec10378bd8c9de7a195f8f7345604ef0016fb0cb9d56c47d0e8dac8b1a6f050');
INSERT INTO "audit" VALUES(24,'2026-12-01T01:17:30.710040+00:00','Cleo','edit','image:1/grading:3','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "09edcf3d56574b1d9940d689df64ccbd", "label": "OD", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add OD"}','178950bad0c488a373a5c9277110b3023a4f788b9338311a7c09c2c97c2b632d');
INSERT INTO "audit" VALUES(25,'2026-12-01T01:17:30.996359+00:00','Cleo','edit','image:1/grading:3','{"after": [{"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "8e558d591eab4c86a3faae380321e963", "label": "MA", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add MA"}','36323eb37d5d5eaf90080039031e3cb61a1c3e53c286ec625639b6c544b78b59');
INSERT INTO "audit" VALUES(26,'2026-12-01T01:17:31.150639+00:00','Cleo','undo','image:1/grading:3','{"edit": 25}','3f3f35b2103a0d7727769bb3d2486d373533c0b80807c1166c711bec656fe746');
INSERT INTO "audit" VALUES(27,'2026-12-01T01:17:31.390433+00:00','Cleo','redo','image:1/grading:3','{"edit": 25}','31cf9797ad0b5ce990a3d80b0b279bf4083c78205290326a41404bc929543faf');
INSERT INTO "audit" VALUES(28,'2026-12-01T01:17:31.692724+00:00','Cleo','edit','image:1/grading:3','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 33.0, "y": 20.0}, "id": "09edcf3d56574b1d9940d689df64ccbd", "label": "OD", "origin": "drawn"}], "before": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "09edcf3d56574b1d9940d689df64ccbd", "label": "OD", "origin": "drawn"}], "edit": "shapes", "title": "Change OD"}','ba1c27b230d453d17d15405d2d15c360339ea30bae3478c09b3b35778e237db0');
INSERT INTO "audit" VALUES(29,'2026-12-01T01:17:31.858172+00:00','Cleo','edit','image:1/grading:3','{"after": "good", "before": null, "edit": "grade", "scale": "gradability"}','d88a6ffe1d1f31d0dde08f0e2147e98bd6e2a67124f3214b0a4e22eefc83925b');
INSERT INTO "audit" VALUES(30,'2026-12-01T01:17:32.013355+00:00','Cleo','edit','image:1/grading:3','{"after": 2, "before": null, "edit": "grade", "scale": "dr"}','d5eb5d5a5b841c882443f33c537fff497af7bf34c2bedb773b3bb3790bdf9b4b');
INSERT INTO "audit" VALUES(31,'2026-12-01T01:17:32.188614+00:00','Cleo','submit','image:1/grading:3','{"absent": [], "comment": "", "grades": {"dr": 2, "gradability": "good"}, "shapes": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 33.0, "y": 20.0}, "id": "09edcf3d56574b1d9940d689df64ccbd", "label": "OD", "origin": "drawn"}, {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "8e558d591eab4c86a3faae380321e963", "label": "MA", "origin": "drawn"}]}','8c21f8494b7b09c46dad28c6cfbbe925929b99a2c1a1c867d2d12e534af27e7d');
INSERT INTO "audit" VALUES(32,'2026-12-01T01:17:32.311383+00:00','Ada','edit','image:2/grading:4','{"after": "blurred at the edge", "before": "", "edit": "comment"}','eb082dc20face802e1d0fe0fbf451eaeb6dd20762f8b0379a767ca253bdde672');
INSERT INTO "audit" VALUES(33,'2026-12-01T01:17:32.581583+00:00','Ada','edit','image:2/grading:4','{"after": [{"geometry": {"kind": "point", "x": 20.0, "y": 21.0}, "id": "d7348da25f8e45d38a9744d2e051e3e6", "label": "fovea", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add fovea"}','95de9bb0de46c78bfb5e6de06bd0e8e81557032cac3076958e583755de2e7504');
INSERT INTO "audit" VALUES(34,'2026-12-01T01:17:33.400332+00:00','system','vote','image:1','{"drawn_by": {"MA": ["Ada", "Ben", "Cleo"], "OD": ["Ada", "Ben", "Cleo"]}, "grades": {"dr": 1, "gradability": "good"}, "labels": {"CWS": "none", "FiP": "none", "HaEx": "none", "MA": "mask", "NV": "none", "OD": "mask", "iHE": "none", "pHE": "none", "vHE": "none"}, "points": {}, "reasons": [], "state": "settled", "votes": {"dr": {"Ada": 1, "Ben": 1, "Cleo": 2}, "gradability": {"Ada": "good", "Ben": "good", "Cleo": "good"}}}','2ce663915682e6627fabbfb82f32d2570b7b2ca6aad3ad3929ca7aa46e8e5f65');
CREATE TABLE consensus (
	image_id INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	outcome TEXT NOT NULL, 
	settled VARCHAR(40) NOT NULL, 
	PRIMARY KEY (image_id), 
	FOREIGN KEY(image_id) REFERENCES image (id)
);
INSERT INTO "consensus" VALUES(1,'settled','{"drawn_by": {"MA": ["Ada", "Ben", "Cleo"], "OD": ["Ada", "Ben", "Cleo"]}, "grades": {"dr": 1, "gradability": "good"}, "labels": {"CWS": "none", "FiP": "none", "HaEx": "none", "MA": "mask", "NV": "none", "OD": "mask", "iHE": "none", "pHE": "none", "vHE": "none"}, "points": {}, "reasons": [], "state": "settled", "votes": {"dr": {"Ada": 1, "Ben": 1, "Cleo": 2}, "gradability": {"Ada": "good", "Ben": "good", "Cleo": "good"}}}','2026-12-01T01:17:33.138840+00:00');
CREATE TABLE edit (
	id INTEGER NOT NULL, 
	grading_id INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	audit_id INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(audit_id) REFERENCES audit (id), 
	FOREIGN KEY(grading_id) REFERENCES grading (id)
);
INSERT INTO "edit" VALUES(1,1,1,'applied',8);
INSERT INTO "edit" VALUES(2,1,2,'applied',9);
INSERT INTO "edit" VALUES(3,1,3,'applied',12);
INSERT INTO "edit" VALUES(4,1,4,'applied',13);
INSERT INTO "edit" VALUES(5,1,5,'applied',14);
INSERT INTO "edit" VALUES(6,2,1,'applied',16);
INSERT INTO "edit" VALUES(7,2,2,'applied',17);
INSERT INTO "edit" VALUES(8,2,3,'applied',20);
INSERT INTO "edit" VALUES(9,2,4,'applied',21);
INSERT INTO "edit" VALUES(10,2,5,'applied',22);
INSERT INTO "edit" VALUES(11,3,1,'applied',24);
INSERT INTO "edit" VALUES(12,3,2,'applied',25);
INSERT INTO "edit" VALUES(13,3,3,'applied',28);
INSERT INTO "edit" VALUES(14,3,4,'applied',29);
INSERT INTO "edit" VALUES(15,3,5,'applied',30);
INSERT INTO "edit" VALUES(16,4,1,'applied',32);
INSERT INTO "edit" VALUES(17,4,2,'applied',33);
CREATE TABLE grader (
	id INTEGER NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "grader" VALUES(1,'Ada','grader');
INSERT INTO "grader" VALUES(2,'Ben','grader');
INSERT INTO "grader" VALUES(3,'Cleo','grader');
INSERT INTO "grader" VALUES(4,'Weber','adjudicator');
CREATE TABLE grading (
	id INTEGER NOT NULL, 
	assignment_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	grades TEXT NOT NULL, 
	absent TEXT NOT NULL, 
	comment TEXT NOT NULL, 
	created VARCHAR(40) NOT NULL, 
	submitted VARCHAR(40), 
	PRIMARY KEY (id), 
	FOREIGN KEY(assignment_id) REFERENCES assignment (id), 
	UNIQUE (assignment_id, version)
);
INSERT INTO "grading" VALUES(1,1,1,'{"gradability": "good", "dr": 1}','[]','','2026-12-01T01:17:28.298207+00:00','2026-12-01T01:17:29.178398+00:00');
INSERT INTO "grading" VALUES(2,2,1,'{"gradability": "good", "dr": 1}','[]','','2026-12-01T01:17:29.278748+00:00','2026-12-01T01:17:30.446396+00:00');
INSERT INTO "grading" VALUES(3,3,1,'{"gradability": "good", "dr": 2}','[]','','2026-12-01T01:17:30.709320+00:00','2026-12-01T01:17:32.187677+00:00');
INSERT INTO "grading" VALUES(4,4,1,'{}','[]','blurred at the edge','2026-12-01T01:17:32.310890+00:00',NULL);
CREATE TABLE image (
	id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	file VARCHAR(100) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	source_sha256 VARCHAR(64) NOT NULL, 
	modality VARCHAR(10) NOT NULL, 
	eye VARCHAR(2) NOT NULL, 
	patient VARCHAR(40) NOT NULL, 
	split VARCHAR(10) NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	imported VARCHAR(40) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name), 
	UNIQUE (source_sha256)
);
INSERT INTO "image" VALUES(1,'p1_OD','10/1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5.png','1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5','ab3d3132581e8c185dc0c6dcaf1b39e14163475d2e5fa49aa205b0522c1d0e38','fundus','OD','P-6089edce78e1','',60,40,'2026-12-01T01:17:27.872035+00:00');
INSERT INTO "image" VALUES(2,'p1_OS','b8/b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3.png','b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3','69d61d5ac16caa9aa05e5b8ba322730a98ac991ae91b7fd1d1462542cc137b54','fundus','OS','P-6089edce78e1','',60,40,'2026-12-01T01:17:28.004865+00:00');
CREATE TABLE proposal (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	model VARCHAR(20) NOT NULL, 
	weights_hash VARCHAR(64) NOT NULL, 
	shapes TEXT NOT NULL, 
	scores TEXT NOT NULL, 
	grades TEXT NOT NULL, 
	cam BLOB, 
	seconds DOUBLE NOT NULL, 
	created VARCHAR(40) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(image_id) REFERENCES image (id), 
	UNIQUE (image_id, model, weights_hash)
);
CREATE TABLE rejection (
	proposal_id INTEGER NOT NULL, 
	grading_id INTEGER NOT NULL, 
	shape_id VARCHAR(64) NOT NULL, 
	PRIMARY KEY (proposal_id, grading_id, shape_id), 
	FOREIGN KEY(grading_id) REFERENCES grading (id), 
	FOREIGN KEY(proposal_id) REFERENCES proposal (id)
);
CREATE TABLE shape (
	grading_id INTEGER NOT NULL, 
	shape_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	label VARCHAR(20) NOT NULL, 
	form TEXT NOT NULL, 
	PRIMARY KEY (grading_id, shape_id), 
	FOREIGN KEY(grading_id) REFERENCES grading (id)
);
INSERT INTO "shape" VALUES(1,'4a6cd771ef4d49c1b5eb6745072f6abd',2,'MA','{"id": "4a6cd771ef4d49c1b5eb6745072f6abd", "label": "MA", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 10.0, "y": 10.0, "a": 2.0, "b": 2.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(1,'be9f815646714f6798467d227255f346',1,'OD','{"id": "be9f815646714f6798467d227255f346", "label": "OD", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 31.0, "y": 20.0, "a": 9.0, "b": 8.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(2,'63245bc48d1c40baa69e9f8b6466defb',2,'MA','{"id": "63245bc48d1c40baa69e9f8b6466defb", "label": "MA", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 10.0, "y": 10.0, "a": 2.0, "b": 2.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(2,'211e972f4d2d4161b2c27f4e3adc48a4',1,'OD','{"id": "211e972f4d2d4161b2c27f4e3adc48a4", "label": "OD", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 32.0, "y": 20.0, "a": 9.0, "b": 8.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(3,'8e558d591eab4c86a3faae380321e963',2,'MA','{"id": "8e558d591eab4c86a3faae380321e963", "label": "MA", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 10.0, "y": 10.0, "a": 2.0, "b": 2.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(3,'09edcf3d56574b1d9940d689df64ccbd',1,'OD','{"id": "09edcf3d56574b1d9940d689df64ccbd", "label": "OD", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 33.0, "y": 20.0, "a": 9.0, "b": 8.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(4,'d7348da25f8e45d38a9744d2e051e3e6',1,'fovea','{"id": "d7348da25f8e45d38a9744d2e051e3e6", "label": "fovea", "origin": "drawn", "geometry": {"kind": "point", "x": 20.0, "y": 21.0}}');
CREATE TABLE study (
	id VARCHAR(32) NOT NULL, 
	created VARCHAR(40) NOT NULL, 
	software_version VARCHAR(40) NOT NULL, 
	pseudonym_key VARCHAR(64) NOT NULL, 
	audit_head VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "study" VALUES('45036712aab841ba84ce01fdeae8ba0c','2026-12-01T01:17:27.611949+00:00','0.1.0','1c0c4c52e2036c1a3651a27a2ea495664396d824914b7b93fd140051520fe225','2ce663915682e6627fabbfb82f32d2570b7b2ca6aad3ad3929ca7aa46e8e5f65');
CREATE INDEX ix_assignment_grader_id ON assignment (grader_id);
CREATE INDEX ix_edit_grading ON edit (grading_id, sequence);
CREATE INDEX ix_shape_position ON shape (grading_id, position);
COMMIT;
